/** type-graphql, with the metadata API its decorators stand on: whichever module comes first, it is there. */
import 'reflect-metadata';

export {
  Arg,
  Args,
  ArgsType,
  buildSchemaSync,
  type ClassType,
  Ctx,
  createUnionType,
  Directive,
  Field,
  FieldResolver,
  ID,
  Info,
  InputType,
  Int,
  InterfaceType,
  Mutation,
  type NonEmptyArray,
  ObjectType,
  Query,
  Resolver,
  Root,
  registerEnumType,
} from 'type-graphql';

import { Field, ID, InterfaceType } from '../schema/decorators.ts';

@InterfaceType({ description: 'Anything that can be found again by its id (Relay object identification).' })
export abstract class Node {
  @Field(() => ID, {
    description: 'An opaque id, the same for ever: store it, compare it, do not take it apart.',
  })
  id!: string;
}

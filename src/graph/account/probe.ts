import { BadUserInputError } from '../../errors.ts';
import type { RecordKind } from '../../records/record.ts';
import type { RequestContext } from '../context.ts';
import { show } from '../rows/ids.ts';
import { Arg, Ctx, Field, ID, Int, Mutation, ObjectType, Query, Resolver } from '../schema/decorators.ts';
import { RecordKindEnum } from '../schema/enums.ts';
import { checkAccount, checkAdministers, feedsOf } from '../selection/scope.ts';

@ObjectType({ simpleResolvers: true, description: 'How a provider answered one question.' })
export class FeedProbe {
  @Field(() => String, { nullable: true, description: 'What is wrong; null where all is well.' })
  problem!: string | null;

  @Field(() => String, { nullable: true, description: 'What to do about it.' })
  remedy!: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'Where rows are kept.' })
export class ArchiveInfo {
  @Field(() => String, { description: 'DuckDB or PostgreSQL.' })
  engine!: string;

  @Field(() => String, { description: 'Its version.' })
  version!: string;

  @Field(() => Int, { description: 'The number of the last migration of its layout.' })
  layout!: number;

  @Field(() => Int, { nullable: true, description: 'Its size in MB; null in memory.' })
  sizeMb!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'The room left on its disk in MB; null where that cannot be seen from here.',
  })
  freeMb!: number | null;
}

const MB = 1_048_576;

@Resolver()
export class ProbeResolver {
  @Query(() => ArchiveInfo, {
    nullable: true,
    description: 'Engine, layout and size of the archive. For admins; others are refused with FORBIDDEN.',
  })
  async archiveInfo(@Ctx() context: RequestContext): Promise<ArchiveInfo> {
    checkAdministers(context, 'see where rows are kept');
    const { bytes, freeBytes, ...about } = await context.deps.about();
    const inMb = (size: number | null) => (size === null ? null : Math.round(size / MB));
    return { ...about, sizeMb: inMb(bytes), freeMb: inMb(freeBytes) };
  }

  @Mutation(() => FeedProbe, {
    description:
      'Asks a feed’s provider about one minute just past, in its turn of the pace, and archives nothing: what `check` and ' +
      '`doctor` do beside a running gateway. For admins; others are refused with FORBIDDEN.',
  })
  async probeFeed(
    @Arg('account', () => ID, { description: 'The configured account, such as `vp-main`.' }) id: string,
    @Arg('kind', () => RecordKindEnum, { description: 'The kind of rows.' }) kind: RecordKind,
    @Ctx() context: RequestContext,
  ): Promise<FeedProbe> {
    checkAdministers(context, 'have a provider asked');
    const [feed] = feedsOf(context, [checkAccount(context, 'account', id)], kind);
    if (feed === undefined) throw new BadUserInputError(`kind: account ${show(id)} has no feed of ${kind}`);
    return { ...(await context.deps.probe(feed)) };
  }
}

import type { Provider as Spoken } from '../../providers/provider.ts';
import type { ProviderName, RecordKind } from '../../records/record.ts';
import { Field, ObjectType } from '../schema/decorators.ts';
import { RecordKindEnum } from '../schema/enums.ts';
import { ProviderNameEnum } from '../schema/provider-name.ts';

@ObjectType({ simpleResolvers: true, description: 'A supplier of games whose protocol is spoken here.' })
export class Provider {
  @Field(() => ProviderNameEnum, { description: 'The name filters use.' })
  name!: ProviderName;

  @Field(() => String, { description: 'The name people use.' })
  title!: string;

  @Field(() => [RecordKindEnum], { description: 'The kinds of rows it lists.' })
  kinds!: readonly RecordKind[];
}

export function toProvider({ name, title, feeds }: Pick<Spoken, 'name' | 'title' | 'feeds'>): Provider {
  return { name, title, kinds: feeds.map(({ kind }) => kind) };
}

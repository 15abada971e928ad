import { z } from 'zod';
import { accountSchema, type ProviderSchemas } from './accounts.ts';
import { sections } from './schema.ts';

/** A variable may stand wherever the file wants more than plain text. */
const variable = { type: 'string', pattern: '\\$\\{.+\\}' } as const;

/** The JSON Schema of `countroom.yaml`, for editors: `# yaml-language-server: $schema=…`. */
export function configJsonSchema(providers: readonly ProviderSchemas[]): Record<string, unknown> {
  const [first, ...rest] = providers.map(accountSchema);
  const account = first === undefined ? z.unknown() : z.discriminatedUnion('provider', [first, ...rest]);
  const file = z.strictObject({ ...sections, accounts: z.array(account).min(1) });
  const schema = z.toJSONSchema(file, { io: 'input', unrepresentable: 'any', override: admitVariables });
  return { title: 'countroom.yaml', ...schema };
}

function admitVariables({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  const { type, pattern, enum: words, const: word } = jsonSchema;
  const wantsMore =
    pattern !== undefined || words !== undefined || ['number', 'integer', 'boolean'].includes(String(type));
  if (!wantsMore || word !== undefined) return;
  const plain = { ...jsonSchema };
  for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key);
  jsonSchema.anyOf = [plain, variable];
}

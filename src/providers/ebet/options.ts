import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { emptyAnswers } from '../empty-answers.ts';
import { choice, filled, pathOption, wholeNumber } from '../options.ts';
import { parsePrivateKey } from './private-key.ts';

/** What is wrong with a key, or with the file that holds it; null where it can be used. */
function keyFault(read: () => string): string | null {
  let material: string;
  try {
    material = read();
  } catch (error) {
    return `expected a file that can be read, got ${error instanceof Error ? error.message : String(error)}`;
  }
  const key = parsePrivateKey(material);
  return typeof key === 'string' ? key : null;
}

/** Text that `materialOf` turns into a key. */
function keyText(materialOf: (text: string) => string): z.ZodType<string> {
  return filled.superRefine((text, context) => {
    const message = text === '' ? null : keyFault(() => materialOf(text));
    if (message !== null) context.addIssue({ code: 'custom', message });
  });
}

export const credentials = z
  .strictObject({
    channelId: wholeNumber(0),
    /** An RSA key: PEM (PKCS#8 or PKCS#1) or its bare base64. */
    privateKey: keyText((key) => key).optional(),
    /** The path of a file that holds it. */
    privateKeyFile: keyText((path) => readFileSync(path, 'utf8')).optional(),
  })
  .refine((given) => (given.privateKey === undefined) !== (given.privateKeyFile === undefined), {
    error: 'expected one of privateKey and privateKeyFile',
    path: ['privateKey'],
    // whatever else is wrong beside it
    when: ({ value }) => typeof value === 'object' && value !== null,
  });
export type Credentials = z.infer<typeof credentials>;

export const options = z.strictObject({
  /** What an answer of success may say where there are no rows. @default lenient */
  emptyAnswers,
  /** Appended to `baseUrl`. @default /getseqnorecord */
  path: pathOption.default('/getseqnorecord'),
  /** The unit of `timestamp`; the document shows both. @default ms */
  timestampUnit: choice('ms', 's').default('ms'),
  /** Sent as it stands, or not at all; its meaning changed between revisions of the document. @default omit */
  withNo200: z
    .union([z.enum(['omit', 'OMIT', 'true', 'false']), z.boolean()], {
      error: 'expected one of omit, true, false',
    })
    .transform((value) => (String(value).toLowerCase() === 'omit' ? 'omit' : String(value) === 'true'))
    .default('omit'),
  /** How request times are spelt: `yyyy-MM-dd HH:mm:ss` of Beijing, or `yyyy-MM-ddTHH:mm:ssZ`. @default beijing */
  timeFormat: choice('beijing', 'utcIso').default('beijing'),
  /** The digest under the RSA signature. @default md5 */
  hash: choice('md5', 'sha1', 'sha256').default('md5'),
  /** Rows a page; 5,000 is the document's most. @default 5000 */
  pageSize: wholeNumber(1, 5_000).default(5_000),
  /** Narrows every call to one sub-channel. */
  subChannelId: wholeNumber(0).optional(),
});
export type Options = z.infer<typeof options>;

import { isIP } from 'node:net';
import { z } from 'zod';
import { durationFrom, timerFrom } from './duration.ts';
import { instant } from './instant.ts';
import { isLoopback } from './loopback.ts';

function atLeastOne(fallback: number) {
  return z.int().min(1).default(fallback);
}

/** How much one document and one key may ask for; see `graph/limits/limits.ts` for how each is counted. */
const limitSettings = z.strictObject({
  depth: atLeastOne(15).describe('levels of fields, introspection aside'),
  aliases: atLeastOne(50).describe('aliases in a document, fragments counted where they are spread'),
  directives: atLeastOne(20).describe('directives in a document'),
  tokens: atLeastOne(2000).describe('tokens in a document'),
  listSize: atLeastOne(1000).describe('members of any list in arguments or variables'),
  cost: atLeastOne(50_000).describe(
    'cost of one operation; about one for every object answered and every window it would have read',
  ),
  costPerMinute: atLeastOne(5_000_000).describe('cost a key may spend a minute'),
});

const publicUrl = z
  .string()
  .refine(isPublicUrl, 'expected a URL such as https://bi.example.com/countroom, without query and fragment')
  .transform((text) => text.replace(/\/+$/, ''));

function isPublicUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === '';
}

/** An address, or a network as `10.0.0.0/8`. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

const proxies = z.union(
  [
    z.boolean(),
    z.array(
      z.string().refine(isNetwork, 'expected an address such as 10.0.0.1, or a network such as 10.0.0.0/8'),
    ),
  ],
  'expected true, false or a list of addresses',
);

const origin = z
  .string()
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text,
    'expected an origin such as https://app.example.com, without a path',
  );

/** The settings of `server:` beyond its address. */
export const serverSettings = z.strictObject({
  introspection: z.boolean().default(true).describe('whether the schema may be asked for'),
  suggestions: z.boolean().default(true).describe('whether errors say "Did you mean"'),
  explorer: z.boolean().default(true).describe('whether /explorer is served'),
  sandbox: z
    .enum(['embedded', 'link', 'off'])
    .default('embedded')
    .describe('Apollo Sandbox on a browser’s GET /graphql; it loads from the internet'),
  allowedHosts: z
    .array(z.string())
    .default([])
    .describe('names besides loopback that the Host header may carry while no auth is configured'),
  publicUrl: publicUrl
    .optional()
    .describe('what links are made of, path prefix included; from the request where left out'),
  trustProxy: proxies
    .default(false)
    .describe('whose X-Forwarded-* are believed: true for everybody’s, or a list of addresses'),
  cors: z
    .strictObject({ origins: z.array(origin).min(1) })
    .optional()
    .describe('the origins whose web pages may ask; none where left out'),
  // A thousand representations of the longest ids there are.
  bodyLimit: atLeastOne(1_000_000).describe('bytes of a request’s body'),
  requestTimeout: timerFrom(1000).prefault('30s').describe('how long a request may take to arrive'),
  queryTimeout: timerFrom(1).prefault('2m').describe('how long a GraphQL answer may take'),
  stallTimeout: timerFrom(1)
    .prefault('30s')
    .describe('how long the reader of an export may take no byte before it is broken off'),
  drainDelay: durationFrom(0)
    .refine((ms) => ms <= 10_000, 'expected at most 10s: a stop ends within 15s in all')
    .prefault('5s')
    .describe('how long SIGTERM leaves the gateway unready and still listening, before it drains'),
  drainTimeout: timerFrom(0).prefault('5s').describe('how long a stop waits for answers under way'),
  limits: limitSettings.prefault({}),
  trail: z
    .strictObject({
      keep: durationFrom(0)
        .prefault('90d')
        .describe('how long the archive’s table of who asked what keeps a request; 0s writes none'),
    })
    .prefault({}),
  safelist: z
    .strictObject({
      file: z
        .string()
        .describe('JSON of persisted documents: a map of id to text, a list, or a manifest of Apollo'),
      required: z.boolean().default(false).describe('whether nothing else is answered, to any key'),
    })
    .optional(),
});

const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/i, 'expected the SHA-256 of the key as 64 hex digits');

const expectedCalls = 'expected calls a minute such as "60/m", or none';

/** So many calls a minute; `none` lifts the bound, and is null. */
const callsPerMinute = z
  .union([z.literal('none'), z.string().regex(/^\d{1,9}\/m$/, expectedCalls)], expectedCalls)
  .transform((text) => (text === 'none' ? null : Number.parseInt(text, 10)));

const apiKeySettings = z
  .strictObject({
    name: z.string().min(1),
    key: z.string().min(20, 'expected at least 20 characters: openssl rand -hex 32 makes a key').optional(),
    sha256: sha256Hex.optional(),
    role: z.enum(['viewer', 'bi', 'support', 'admin']),
    accounts: z.array(z.string()).optional(),
    expires: instant.optional().describe('when the key ends; a date means its 00:00Z'),
    documents: z
      .enum(['any', 'safelist'])
      .default('any')
      .describe('whether only safelisted documents are answered'),
    calls: callsPerMinute
      .optional()
      .describe('provider calls this key may cause; 120/m where left out, none for admin'),
  })
  .refine((key) => (key.key === undefined) !== (key.sha256 === undefined), {
    message: 'expected either key or sha256',
    // whatever else is wrong beside it
    when: ({ value }) => typeof value === 'object' && value !== null,
  });

const jwksUri = z.url({ protocol: /^https?$/ }).refine(
  (text) => {
    const url = new URL(text);
    return url.protocol === 'https:' || isLoopback(url.hostname);
  },
  { message: 'expected https (plain http only to loopback)' },
);

const jwtSettings = z.strictObject({
  jwksUri,
  issuer: z.string().min(1),
  audience: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  roleClaim: z.string().default('role'),
  accountsClaim: z
    .string()
    .default('accounts')
    .describe('the accounts a token may see; all where it has none'),
  playerClaim: z.string().default('player').describe('the operator’s name of the player with role player'),
  clockTolerance: durationFrom(0).prefault('5s'),
});

/** `auth:` — absent, everybody may do everything, on a loopback host alone. */
export const authSettings = z.strictObject({
  apiKeys: z.array(apiKeySettings).default([]),
  jwt: jwtSettings.optional(),
  pseudonymKey: z
    .string()
    .min(16)
    .optional()
    .describe('keys the pseudonyms of players; derived from the accounts’ credentials where left out'),
});

export type LimitSettings = z.output<typeof limitSettings>;
export type ServerSettings = z.output<typeof serverSettings> & {
  readonly host: string;
  readonly port: number;
};
export type AuthSettings = z.output<typeof authSettings>;
export type ApiKeySettings = AuthSettings['apiKeys'][number];
export type JwtSettings = z.output<typeof jwtSettings>;

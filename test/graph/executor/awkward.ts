import { buildSchema, GraphQLError, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';

const sdl = `
  interface Named { name: String!  friend: Named }
  type Cat implements Named { name: String!  friend: Named  lives: Int!  kittens: [Cat!]! }
  type Dog implements Named { name: String!  friend: Named  barks: Boolean }
  union Pet = Cat | Dog
  enum Size { SMALL LARGE }
  input Where { name: String = "any"  sizes: [Size!]  limit: Int! }
  type Leaf { text: String  must: String!  number: Int  size: Size  flags: [Boolean]  id: ID! }
  type Node { leaf: Leaf  must: Leaf!  nodes: [Node]  required: [Node!]  all: [Node!]!  grid: [[Int!]]  called(n: Int = 2): String  later: Leaf  laterMust: Leaf! }
  type Query {
    node(kind: String = "plain"): Node
    must(kind: String): Node!
    nodes(count: Int!, kind: String): [Node]
    pets(which: [String!]!): [Pet]
    named(which: String): Named
    echo(where: Where, id: ID, flag: Boolean! = true): String
    plain: String
    fails(later: Boolean): String
    failsMust(later: Boolean): String!
    notAList: [String]
  }
  type Mutation { first: Int  second: Int! }
`;

const leaf = (over: object = {}) => ({
  text: 'a',
  must: 'b',
  number: 7,
  size: 'SMALL',
  flags: [true, null, false],
  id: 1,
  ...over,
});

const node = (over: object = {}): object => ({
  leaf: leaf(),
  must: leaf({ text: null }),
  nodes: [],
  required: null,
  all: [],
  grid: [[1, 2], null, [3]],
  called: ({ n }: { n: number }) => `called with ${n}`,
  later: async () => leaf(),
  laterMust: Promise.resolve(leaf()),
  ...over,
});

// Each is made anew: what is refused must be awaited by whoever asks.
const nodes: Readonly<Record<string, () => unknown>> = {
  plain: () => node(),
  null: () => null,
  error: () => new Error('an error as a value'),
  throws: () => {
    throw new Error('thrown');
  },
  rejects: async () => {
    throw new GraphQLError('rejected', { extensions: { code: 'OWN', more: [1] } });
  },
  text: () => 'no object',
  deepNull: () => node({ must: leaf({ must: null }), all: [node(), node({ must: null })] }),
  wrongLeaves: () => node({ leaf: leaf({ number: 'seven', size: 'HUGE', flags: 'none', id: {} }) }),
  getters: () =>
    node({
      get leaf() {
        throw new Error('a getter that throws');
      },
    }),
  laterNull: () => node({ later: async () => leaf({ must: null }), laterMust: Promise.resolve(null) }),
  laterFails: () =>
    node({
      later: async () => {
        throw new Error('later');
      },
      laterMust: null,
    }),
  holes: () =>
    node({
      nodes: [
        node(),
        null,
        new Error('in its place'),
        Promise.resolve(node()),
        Promise.reject(new Error('refused')),
      ],
    }),
  requiredHole: () => node({ required: [node(), null], grid: [[1, null], [2]] }),
  sets: () => node({ nodes: new Set([node(), node()]), leaf: leaf({ flags: new Set([true]) }) }),
};

const pets: Readonly<Record<string, unknown>> = {
  cat: {
    __typename: 'Cat',
    name: 'Tom',
    lives: 9,
    friend: { __typename: 'Dog', name: 'Rex', barks: null },
    kittens: [{ name: 'Kit', lives: 1, kittens: [] }],
  },
  dog: { __typename: 'Dog', name: 'Rex', barks: true, friend: null },
  nameless: { __typename: 'Dog', name: null },
  later: Promise.resolve({ __typename: 'Cat', name: 'Late', lives: null, kittens: [] }),
  error: new Error('no pet'),
  null: null,
};

const nodeOf = (kind: string | null | undefined) => (nodes[kind ?? 'plain'] as () => unknown)();
const fail = ({ later }: { later?: boolean }) => {
  if (later === true) return Promise.reject(new Error('failed later'));
  throw new Error('failed');
};

/** Every way in which a value can be right or wrong, at once and later. */
export function createAwkwardSchema(): GraphQLSchema {
  const schema = buildSchema(sdl);
  let ran = 0;
  const resolvers: Readonly<Record<string, GraphQLFieldResolver<unknown, unknown>>> = {
    node: (_, { kind }: { kind: string }) => nodeOf(kind),
    must: (_, { kind }: { kind?: string }) => nodeOf(kind),
    nodes: (_, { count, kind }: { count: number; kind?: string }) =>
      Array.from({ length: count }, () => nodeOf(kind)),
    pets: (_, { which }: { which: readonly string[] }) => which.map((each) => pets[each]),
    named: async (_, { which }: { which?: string }) => pets[which ?? 'cat'],
    echo: (_, args) => JSON.stringify(args),
    plain: () => 'text',
    fails: (_, args) => fail(args),
    failsMust: (_, args) => fail(args),
    notAList: () => 'text',
  };
  for (const [name, resolve] of Object.entries(resolvers)) {
    const field = schema.getQueryType()?.getFields()[name];
    if (field !== undefined) field.resolve = resolve;
  }
  const mutation = schema.getMutationType()?.getFields();
  for (const field of Object.values(mutation ?? {})) {
    field.resolve = async () => {
      ran += 1;
      return ran;
    };
  }
  return schema;
}

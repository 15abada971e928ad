import { describe } from 'vitest';
import { providerNames } from '../../src/records/record.ts';
import { describeProvider } from './conformance.ts';

describe.each(providerNames)('%s', (name) => {
  describeProvider(name);
});

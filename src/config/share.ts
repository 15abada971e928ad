import { z } from 'zod';

const expected = 'expected a share such as "1%" or "0.5%", at most 100%';

/** A share in the configuration, in percent; from 0 to 1 from there on. */
export const share = z
  .string(expected)
  .regex(/^(100|\d{1,2}(\.\d{1,6})?)%$/, expected)
  .transform((text) => Number.parseFloat(text) / 100);

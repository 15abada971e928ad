#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';

// Where a machine has much memory, V8 lets rows that are done with pile up to three times what is in use before it
// clears them away. Half as much again costs no time that could be measured, and halves a backfill's memory.
setFlagsFromString('--heap-growing-percent=50');
// Where an error happened is told by the sources' lines; reading the maps costs each start, so only when asked for.
if (process.env.COUNTROOM_DEBUG === '1') process.setSourceMapsEnabled(true);
await import('../dist/cli.js');

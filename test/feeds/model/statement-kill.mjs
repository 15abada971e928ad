import { DuckDBConnection } from '@duckdb/node-api';

// Preloaded before `doomed.ts`, in its threads as well: ends the process right before the nth thing that DuckDB is told
// within the transaction of a commit, its COMMIT included. The archive's opening comes to an end with its settings.
const dieAt = Number(process.env.DIE_AT_STATEMENT);
let isOpen = false;
let told = null;

function tell(text) {
  if (text.startsWith('SET GLOBAL late_materialization')) isOpen = true;
  if (isOpen && text === 'BEGIN') told = 0;
  else if (told !== null) {
    told += 1;
    if (told === dieAt) process.kill(process.pid, 'SIGKILL');
    if (text === 'COMMIT') told = null;
  }
}

const { run, createAppender } = DuckDBConnection.prototype;
DuckDBConnection.prototype.run = function (text, ...rest) {
  tell(text);
  return run.call(this, text, ...rest);
};
DuckDBConnection.prototype.createAppender = function (...args) {
  tell('append');
  return createAppender.apply(this, args);
};

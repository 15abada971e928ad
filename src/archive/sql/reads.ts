import type { KeptArchive } from '../admin.ts';
import {
  historyStatement,
  ledgerStatement,
  quarantineStatement,
  setAsideStatement,
  toHistory,
  toLedger,
  toQuarantined,
  toSetAside,
  versionsStatement,
} from './admin.ts';
import { readAuditStatement, toAuditRecords } from './audit.ts';
import { countChanges, readChanges } from './changes.ts';
import { checksumsStatement, toChecksums } from './checksums.ts';
import { clockStatement, toMeasures } from './clock.ts';
import { columnsOfPage } from './columns.ts';
import { coverageStatement, toSpans } from './coverage.ts';
import type { Dialect, Statement } from './dialect.ts';
import { doubtsStatement, lastListedStatement, toDoubts, toLastListed } from './doubts.ts';
import { latenessStatement, toLateness } from './lateness.ts';
import { mappingsStatement, toMappings } from './mappings.ts';
import { type Cells, rowsOf, toRecords } from './records.ts';
import {
  byKeysStatement,
  countPlayersStatement,
  fingerprintStatement,
  playerPagesStatement,
  playersStatement,
  usernamesStatement,
} from './rows.ts';

/** The reads that both engines do alike; pages, counts and totals each has its own quicker ways for. */
export type SharedReads = Required<
  Pick<
    KeptArchive,
    | 'coverage'
    | 'changes'
    | 'countChanges'
    | 'versions'
    | 'doubts'
    | 'lastListed'
    | 'lateness'
    | 'playerPages'
    | 'byKeys'
    | 'fingerprint'
    | 'checksums'
    | 'usernames'
    | 'players'
    | 'countPlayers'
    | 'ledger'
    | 'clock'
    | 'history'
    | 'quarantined'
    | 'setAside'
    | 'readAudit'
    | 'mappings'
  >
>;

/** A statement in the engine's dialect for each, and its cells as the contract has them. */
export function createReads(dialect: Dialect, read: (statement: Statement) => Promise<Cells>): SharedReads {
  return {
    async coverage(feeds, range) {
      const statement = coverageStatement(dialect, feeds, range);
      return statement === null ? [] : toSpans(await read(statement));
    },
    async versions(kind, ids) {
      return ids.length === 0 ? [] : toRecords(kind, await read(versionsStatement(dialect, kind, ids)));
    },
    changes: (query) => readChanges(dialect, read, query),
    countChanges: (query) => countChanges(dialect, read, query),
    async doubts(accounts, range) {
      return toDoubts(await read(doubtsStatement(dialect, accounts, range)));
    },
    async lateness(feed, since) {
      return toLateness(await read(latenessStatement(dialect, feed, since)));
    },
    async lastListed(feed, keys) {
      return keys.length === 0
        ? new Map()
        : toLastListed(await read(lastListedStatement(dialect, feed, keys)));
    },
    async playerPages(query) {
      const [players = [], ...cells] = await read(playerPagesStatement(dialect, query));
      const rows = toRecords(query.kind, cells, columnsOfPage(query));
      const pages = new Map<string, (typeof rows)[number][]>();
      for (const [at, row] of rows.entries()) {
        const player = String(players[at]);
        const page = pages.get(player);
        if (page === undefined) pages.set(player, [row]);
        else page.push(row);
      }
      return pages;
    },
    async byKeys(kind, ids) {
      return ids.length === 0 ? [] : toRecords(kind, await read(byKeysStatement(dialect, kind, ids)));
    },
    async fingerprint(query) {
      const cells = await read(fingerprintStatement(dialect, query));
      return cells.map((column) => String(column[0])).join('-');
    },
    async checksums(query, periods) {
      return toChecksums(periods, await read(checksumsStatement(dialect, query, periods)));
    },
    async usernames(players) {
      return rowsOf(await read(usernamesStatement(dialect, players))).map(([account, username, player]) => ({
        account: String(account),
        username: String(username),
        player: String(player),
      }));
    },
    async players(query) {
      return rowsOf(await read(playersStatement(dialect, query))).map(([player]) => String(player));
    },
    async countPlayers(query) {
      return Number(rowsOf(await read(countPlayersStatement(dialect, query)))[0]?.[0] ?? 0);
    },
    async ledger(feed, range) {
      return toLedger(await read(ledgerStatement(dialect, feed, range)));
    },
    async clock(account, since) {
      return toMeasures(await read(clockStatement(dialect, account, since)));
    },
    async history(kind, id) {
      return toHistory(kind, await read(historyStatement(dialect, kind, id)));
    },
    async quarantined(accounts) {
      return toQuarantined(await read(quarantineStatement(dialect, accounts)));
    },
    async setAside(feed, range) {
      return toSetAside(await read(setAsideStatement(dialect, feed, range)));
    },
    async mappings() {
      return toMappings(await read(mappingsStatement));
    },
    async readAudit(span) {
      return toAuditRecords(await read(readAuditStatement(dialect, span)));
    },
  };
}

import { describe, expect, it } from 'vitest';
import { faultsOf, load, oneAccount } from './files.ts';

const yaml = `${oneAccount}\nplayers: { unmapped: separate, file: players.csv, rules: [ { match: "^vp(.+)$", player: "$1" } ] }`;
const faults = (csv: string) => faultsOf(yaml, { files: { 'players.csv': csv } });

describe('the file of players', () => {
  it('is read beside the configuration, its columns in any order', () => {
    const csv = '\uFEFFplayer,account,username\n"Alice, A.",vp-main,u1\n\nBob,vp-main, u2 \n';
    expect(load(yaml, { files: { 'players.csv': csv } }).players).toEqual({
      unmapped: 'separate',
      rules: [{ account: null, match: { source: '^vp(.+)$', rename: expect.any(Function) }, player: '$1' }],
      rows: [
        { account: 'vp-main', username: 'u1', player: 'Alice, A.' },
        { account: 'vp-main', username: 'u2', player: 'Bob' },
      ],
      file: expect.stringMatching(/\/players\.csv$/),
    });
  });

  it('names the line of each fault', () => {
    const csv =
      'account,username,player\nvp-main,u1,a\nvp-mian,u2,b\nvp-main,u1,c\nvp-main,u3,\nvp-main,u4\n';
    expect(faults(csv)).toEqual([
      'players.file: line 3: unknown account "vp-mian"; did you mean "vp-main"?',
      'players.file: line 4: vp-main,u1 stands on line 2 already',
      'players.file: line 5: expected a value for player, got nothing',
      'players.file: line 6: expected 3 cells, got 2',
    ]);
  });

  it('must have its header, be CSV and be there', () => {
    expect(faults('vp-main,u1,a\n')).toEqual([
      'players.file: line 1: expected the columns account,username,player, got vp-main,u1,a',
    ]);
    expect(faults('')).toEqual([
      'players.file: line 1: expected the columns account,username,player, got nothing',
    ]);
    expect(faults('account,username,player\nvp-main,"u1,a\n')[0]).toMatch(
      /^players\.file: line \d+: not valid CSV/,
    );
    expect(faultsOf(yaml)[0]).toMatch(/^players\.file: cannot read .*players\.csv \(ENOENT\)$/);
  });
});

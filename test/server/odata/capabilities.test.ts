import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servedSets } from '../../../src/server/odata/answer.ts';
import { setCapabilities } from '../../../src/server/odata/capabilities.ts';
import { createBet, createCommit, NOON } from '../../graph/harness.ts';
import { type Harness, openHarness } from '../export/harness.ts';

const sets = servedSets({ raw: false });
let harness: Harness;
let xml: string;
beforeAll(async () => {
  harness = await openHarness({ commits: [createCommit('vp-main', 'BET', [createBet('b1', NOON)])] });
  xml = await (await harness.get('/odata/v4/$metadata')).text();
});
afterAll(() => harness.close());

const status = async (path: string) => (await harness.get(`/odata/v4/${path}`)).status;

describe('Capabilities', () => {
  it.each(sets)('says of $name what it answers, and nothing else', async (set) => {
    const { name, type } = set;
    const [first] = type.properties;
    const annotated = setCapabilities(set);
    const { NonSortableProperties: unsorted = [] } = annotated['SortRestrictions'] as {
      NonSortableProperties?: readonly string[];
    };
    for (const option of ['$top=1', '$skip=1', '$count=true', `$filter=${first!.name} ne null`])
      expect([option, await status(`${name}?${option}`)]).toEqual([option, 200]);
    expect(await status(`${name}/$count`)).toBe(200);
    for (const property of type.properties) {
      const answered = await status(`${name}?$top=1&$orderby=${property.name}`);
      expect([property.name, answered]).toEqual([
        property.name,
        unsorted.includes(property.name) ? 501 : 200,
      ]);
    }
    expect(await status(`${name}?$search=a`)).toBe(501);
    const { Expandable: isExpandable } = annotated['ExpandRestrictions'] as { Expandable: boolean };
    expect(await status(`${name}?$top=1&$expand=*`)).toBe(isExpandable ? 200 : 501);
  });

  it('stand in $metadata, which stays well-formed', () => {
    const open: string[] = [];
    for (const [, end, tag, , closed] of xml.matchAll(/<(\/?)([\w:]+)((?:\s[\w:]+="[^"<]*")*)(\/?)>/g)) {
      if (end === '/') expect(open.pop()).toBe(tag);
      else if (closed === '') open.push(tag!);
    }
    expect(open).toEqual([]);
    expect(xml.replace(/<\?xml[^>]*\?>|<\/?[\w:]+(?:\s[\w:]+="[^"<]*")*\/?>/g, '')).not.toMatch(/[<>]/);
    for (const set of sets) {
      const part = xml.slice(xml.indexOf(`<EntitySet Name="${set.name}"`)).split('</EntitySet>', 1)[0];
      for (const term of Object.keys(setCapabilities(set)))
        expect(part).toContain(`<Annotation Term="Capabilities.${term}"`);
    }
    expect(xml).toContain('<Annotation Term="Capabilities.BatchSupported" Bool="true"/>');
    expect(xml).toContain(
      '<Annotation Term="Capabilities.ConformanceLevel" EnumMember="Capabilities.ConformanceLevelType/Intermediate"/>',
    );
    expect(xml).toContain(
      '<PropertyValue Property="AscendingOnlyProperties"><Collection><PropertyPath>at</PropertyPath></Collection></PropertyValue>',
    );
  });
});

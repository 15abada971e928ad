import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, picture, startChromium } from './chromium.ts';
import { type BuiltGateway, startGateway } from './gateway.ts';

const key = 'a-key-for-a-browser-test';
let browser: Browser;
let open: BuiltGateway;
let guarded: BuiltGateway;

beforeAll(async () => {
  browser = await startChromium();
  [open, guarded] = await Promise.all([startGateway(null), startGateway(key)]);
});
afterAll(async () => {
  await browser.close();
  await Promise.all([open.close(), guarded.close()]);
});

interface Answer {
  readonly accounts: readonly { readonly id: string; readonly feeds: readonly { readonly kind: string }[] }[];
  readonly coverage: readonly { readonly account: { readonly id: string }; readonly rows: number }[];
  readonly betTotals: {
    readonly rows: readonly {
      readonly currency: string;
      readonly betCount: number;
      readonly stake: string;
      readonly grossGamingRevenue: string;
    }[];
  };
}

/** Shows the last hour; gives what the graph answered for it. */
async function showLastHour(page: Page): Promise<Answer> {
  await page.getByText('As of').waitFor();
  const answered = page.waitForResponse((response) => response.url().endsWith('/graphql'));
  await page.selectOption('#hours', '1');
  const { data } = (await (await answered).json()) as { data: Answer };
  await page.getByText('As of').waitFor();
  return data;
}

/** The texts of a table's rows, cell by cell. */
const cellsOf = (page: Page, body: string) =>
  page
    .locator(`${body} tr`)
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((each) => each.textContent ?? '')));

const plain = (shown: string | undefined) => shown?.replaceAll(',', '').replace('\u2212', '-');

async function holdsWhatWasAnswered(page: Page): Promise<void> {
  const { accounts, coverage, betTotals } = await showLastHour(page);
  const feeds = await cellsOf(page, '#coverage');
  expect(feeds.map((cells) => plain(cells[4]))).toEqual(coverage.map(({ rows }) => String(rows)));
  expect(feeds).toHaveLength(5);
  for (const [name, , , , rows] of feeds) expect([name, Number(plain(rows)) > 0]).toEqual([name, true]);

  const health = await cellsOf(page, '#health');
  expect(health).toHaveLength(accounts.flatMap((account) => account.feeds).length);
  expect(health.every(([, , , lastSuccess]) => lastSuccess !== 'never')).toBe(true);

  const totals = await cellsOf(page, '#totals');
  expect(
    totals.map(([currency, bets, , stake, , revenue]) => [currency, ...[bets, stake, revenue].map(plain)]),
  ).toEqual(
    betTotals.rows.map((row) => [row.currency, String(row.betCount), row.stake, row.grossGamingRevenue]),
  );
  expect(totals.length).toBeGreaterThan(1);

  const bets = betTotals.rows.reduce((sum, row) => sum + row.betCount, 0);
  const summary = await page.locator('#summary dd').allTextContents();
  expect(summary.map(plain)).toContain(String(bets));
}

describe('console', () => {
  test('shows coverage, health and totals as the graph tells them', async () => {
    const { page, problems } = await openPage(browser, open.url);
    await page.goto(open.url);
    await holdsWhatWasAnswered(page);
    await picture(page, 'console');
    expect(problems).toEqual([]);
  });

  test('asks for a key where one is needed, and asks the graph with it', async () => {
    const { page, problems } = await openPage(browser, guarded.url);
    await page.goto(guarded.url);
    await page.getByLabel('Key').fill(key);
    await page.getByRole('button', { name: 'Open' }).click();
    await holdsWhatWasAnswered(page);
    expect(await page.getByLabel('Key').isVisible()).toBe(false);
    // The browser tells of the question that was asked without a key.
    expect(problems.filter((problem) => !problem.includes('401'))).toEqual([]);
  });

  test('fits a narrow and a dark screen', async () => {
    const { page, problems } = await openPage(browser, open.url, {
      viewport: { width: 390, height: 800 },
      colorScheme: 'dark',
    });
    await page.goto(open.url);
    await page.getByText('As of').waitFor();
    await picture(page, 'console-narrow');
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(problems).toEqual([]);
  });

  test('says why where it cannot read', async () => {
    const { page } = await openPage(browser, open.url);
    await page.route('**/graphql', (route) =>
      route.fulfill({ status: 503, json: { errors: [{ message: 'the archive is away' }] } }),
    );
    await page.goto(open.url);
    await page.getByText('Not read: the archive is away').waitFor();
  });
});

describe('explorer', () => {
  test('loads from this process alone, and runs its query', async () => {
    const { page, problems } = await openPage(browser, open.url);
    // It asks for the schema first: a request sent meanwhile would break that one off.
    await page.goto(`${open.url}/explorer`, { waitUntil: 'networkidle' });
    await page.getByRole('button', { name: 'Send Request' }).click();
    const result = page.locator('app-query-result');
    await result.getByText('"settledAt"').first().waitFor();
    await picture(page, 'explorer');
    expect(await result.textContent()).not.toContain('"errors"');
    expect(problems).toEqual([]);
  });
});

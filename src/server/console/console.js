// The console: asks the graph for one span of time and shows it. No part of it leaves this server.

const query = /* GraphQL */ `
  query Console($range: TimeRange!) {
    accounts {
      id
      provider
      feeds {
        kind
        health { state lastSuccessAt lastFailureAt message retryAt queued reading }
      }
    }
    coverage(range: $range) {
      account { id }
      kind
      rows
      held { from to }
      coverage { complete final windowsAsked windowsHeld quarantined gaps { from to reason retryAt message } }
    }
    betTotals(filter: { range: $range }, groupBy: [CURRENCY], maxWait: "0s") {
      rows { currency betCount playerCount stake payout grossGamingRevenue }
      coverage { complete }
    }
  }
`;

const stateLooks = { OK: 'good', IDLE: 'quiet', SLOWED: 'fair', FAILING: 'bad', STOPPED: 'bad' };
const whole = new Intl.NumberFormat('en');
const clock = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });

const status = document.querySelector('#status');
const hours = document.querySelector('#hours');

document.querySelector('#range').addEventListener('submit', (event) => {
  event.preventDefault();
  refresh();
});
hours.addEventListener('change', refresh);
refresh();

async function refresh() {
  status.textContent = 'Reading…';
  const to = Date.now();
  const span = { from: to - Number(hours.value) * 3_600_000, to };
  try {
    const data = await ask(span);
    showCoverage(data.coverage, span);
    showHealth(data.accounts);
    showTotals(data.betTotals);
    status.textContent = `As of ${clock.format(to)} UTC`;
  } catch (error) {
    status.textContent = `Not read: ${error.message}`;
  }
}

async function ask({ from, to }) {
  const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query, operationName: 'Console', variables: { range } }),
  });
  const { data, errors } = await response.json();
  if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join('; '));
  return data;
}

function showCoverage(feeds, span) {
  replaceRows('#coverage', feeds, ({ account, kind, rows, held, coverage }) => [
    heading(`${account.id} ${kind}`),
    cell(timeline(held, coverage.gaps, span, `${account.id} ${kind}`)),
    cell(`${whole.format(coverage.windowsHeld)} of ${whole.format(coverage.windowsAsked)}`),
    cell(whole.format(rows)),
    coverage.final
      ? cell('final', 'good')
      : coverage.complete
        ? cell('complete', 'good')
        : cell('incomplete', 'fair'),
    cell(missing(coverage)),
  ]);
}

function missing({ gaps, quarantined }) {
  const reasons = new Map();
  for (const { reason } of gaps) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const parts = [...reasons].map(
    ([reason, count]) => `${count} × ${reason.toLowerCase().replaceAll('_', ' ')}`,
  );
  if (quarantined > 0) parts.push(`${quarantined} rows in quarantine`);
  const message = gaps.find((gap) => gap.message !== null)?.message;
  return [...parts, ...(message ? [message] : [])].join(', ') || '–';
}

function showHealth(accounts) {
  const feeds = accounts.flatMap(({ id, provider, feeds }) =>
    feeds.map((feed) => ({ id, provider, ...feed })),
  );
  replaceRows('#health', feeds, ({ id, provider, kind, health }) => [
    heading(`${id} ${kind}`),
    cell(provider),
    cell(health.state, stateLooks[health.state]),
    cell(health.lastSuccessAt === null ? 'never' : `${clock.format(Date.parse(health.lastSuccessAt))} UTC`),
    cell(`${whole.format(health.queued)} queued, ${whole.format(health.reading)} being read`),
    cell(health.message ?? '–'),
  ]);
}

function showTotals({ rows, coverage }) {
  const note = document.querySelector('#totals-note');
  note.textContent = coverage.complete
    ? ''
    : 'Some of this time is not held yet: these are not all the bets.';
  note.className = 'fair';
  replaceRows('#totals', rows, ({ currency, betCount, playerCount, stake, payout, grossGamingRevenue }) => [
    heading(currency ?? '–'),
    cell(whole.format(betCount), 'number'),
    cell(whole.format(playerCount), 'number'),
    // Amounts are shown as they came, digit for digit: they never become numbers here.
    cell(stake, 'number'),
    cell(payout, 'number'),
    cell(grossGamingRevenue, 'number'),
  ]);
}

function replaceRows(body, items, toCells) {
  const rows = items.map((item) => {
    const row = document.createElement('tr');
    row.append(...toCells(item));
    return row;
  });
  document.querySelector(body).replaceChildren(...rows);
}

function heading(text) {
  const element = document.createElement('th');
  element.scope = 'row';
  element.textContent = text;
  return element;
}

function cell(content, look = '') {
  const element = document.createElement('td');
  element.className = look;
  element.append(content);
  return element;
}

/** Held parts and gaps as a bar over the span, with a name for those who cannot see it. */
function timeline(held, gaps, { from, to }, name) {
  const svg = svgElement('svg', {
    class: 'timeline',
    viewBox: '0 0 1000 10',
    preserveAspectRatio: 'none',
    role: 'img',
  });
  const at = (iso) => ((Date.parse(iso) - from) / (to - from)) * 1000;
  const bars = [...held.map((part) => ['held', part]), ...gaps.map((part) => ['gap', part])];
  for (const [look, part] of bars) {
    const x = at(part.from);
    svg.append(svgElement('rect', { class: look, x, y: 0, width: Math.max(0, at(part.to) - x), height: 10 }));
  }
  svg.setAttribute('aria-label', `${name}: ${held.length} held parts, ${gaps.length} gaps`);
  return svg;
}

function svgElement(name, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

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

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const stateLooks = { OK: 'good', IDLE: 'quiet', SLOWED: 'fair', FAILING: 'bad', STOPPED: 'bad' };
const kinds = { BET: 'bets', TRANSFER: 'transfers', SEQ_NO_FAILURE: 'failed sequences' };
/** How a gap is drawn: what comes by itself, what somebody should look at, and what never comes. */
const gapLooks = {
  PENDING: 'pending',
  RATE_LIMITED: 'pending',
  IN_FUTURE: 'lost',
  BEYOND_RETENTION: 'lost',
};
const whole = new Intl.NumberFormat('en');
const clock = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });
const ago = new Intl.RelativeTimeFormat('en', { style: 'short', numeric: 'auto' });

/** Where the key is kept: as long as the tab lives, and with no other. */
const keyName = 'countroom key';
const door = document.querySelector('#door');
const status = document.querySelector('#status');
const hours = document.querySelector('#hours');
let refreshes = 0;

document.querySelector('#range').addEventListener('submit', (event) => {
  event.preventDefault();
  refresh();
});
hours.addEventListener('change', refresh);
door.addEventListener('submit', (event) => {
  event.preventDefault();
  const field = document.querySelector('#key');
  sessionStorage.setItem(keyName, field.value.trim());
  field.value = '';
  refresh();
});
refresh();

async function refresh() {
  refreshes += 1;
  const mine = refreshes;
  const now = Date.now();
  say('Reading…');
  // Whole minutes that are over: no provider answers for the seconds just passing.
  const to = Math.floor((now - 10_000) / MINUTE_MS) * MINUTE_MS;
  const span = { from: to - Number(hours.value) * HOUR_MS, to };
  try {
    const data = await ask(span);
    // A later choice has been made meanwhile.
    if (mine !== refreshes) return;
    showSummary(data);
    showCoverage(data.coverage, span);
    showHealth(data.accounts, now);
    showTotals(data.betTotals);
    say(`As of ${clock.format(now)} UTC`);
  } catch (error) {
    if (mine === refreshes) say(`Not read: ${error.message}`, 'bad');
  }
}

function say(text, look = '') {
  status.textContent = text;
  status.className = look;
}

async function ask({ from, to }) {
  const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  const key = sessionStorage.getItem(keyName);
  const response = await fetch('graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify({ query, operationName: 'Console', variables: { range } }),
  });
  const { data, errors } = await response.json();
  door.hidden = response.status !== 401;
  if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join('; '));
  return data;
}

function showSummary({ accounts, coverage, betTotals }) {
  const feeds = accounts.flatMap(({ feeds }) => feeds);
  const well = feeds.filter(({ health }) => stateLooks[health.state] !== 'bad').length;
  const complete = coverage.filter((feed) => feed.coverage.complete).length;
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const quarantined = sum(coverage.map((feed) => feed.coverage.quarantined));
  const figures = [
    ['Feeds complete', `${complete} of ${coverage.length}`, complete === coverage.length ? 'good' : 'fair'],
    ['Feeds without trouble', `${well} of ${feeds.length}`, well === feeds.length ? 'good' : 'bad'],
    ['Rows held', whole.format(sum(coverage.map(({ rows }) => rows))), ''],
    ['Bets settled', whole.format(sum(betTotals.rows.map(({ betCount }) => betCount))), ''],
    ['Rows in quarantine', whole.format(quarantined), quarantined === 0 ? '' : 'fair'],
  ];
  const tiles = figures.map(([name, figure, look]) => {
    const tile = document.createElement('div');
    tile.append(element('dt', name), element('dd', figure, look));
    return tile;
  });
  document.querySelector('#summary').replaceChildren(...tiles);
}

function showCoverage(feeds, span) {
  replaceRows('#coverage', feeds, ({ account, kind, rows, held, coverage }) => [
    feedHeading(account.id, kind),
    cell(stateOf(coverage)),
    cell(timeline(held, coverage.gaps, span, `${account.id} ${kinds[kind]}`)),
    cell(`${whole.format(coverage.windowsHeld)} of ${whole.format(coverage.windowsAsked)}`, 'number'),
    cell(whole.format(rows), 'number'),
    cell(missing(coverage), 'words'),
  ]);
}

function stateOf({ complete, final }) {
  const [word, look] = final ? ['final', 'good'] : complete ? ['complete', 'good'] : ['incomplete', 'fair'];
  return element('span', word, `state ${look}`);
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

function showHealth(accounts, now) {
  const feeds = accounts.flatMap(({ id, provider, feeds }) =>
    feeds.map((feed) => ({ id, provider, ...feed })),
  );
  replaceRows('#health', feeds, ({ id, provider, kind, health }) => [
    feedHeading(id, kind),
    cell(element('span', health.state.toLowerCase(), `state ${stateLooks[health.state]}`)),
    cell(provider),
    cell(health.lastSuccessAt === null ? 'never' : moment(Date.parse(health.lastSuccessAt), now)),
    cell(whole.format(health.queued), 'number'),
    cell(whole.format(health.reading), 'number'),
    cell(health.message ?? '–', 'words'),
  ]);
}

/** How long ago, with the instant itself for whoever points at it. */
function moment(at, now) {
  // What the answer tells may be later than the question.
  const seconds = Math.min(0, Math.round((at - now) / 1000));
  const [amount, unit] =
    seconds > -90
      ? [seconds, 'second']
      : seconds > -5_400
        ? [Math.round(seconds / 60), 'minute']
        : [Math.round(seconds / 3_600), 'hour'];
  const time = element('time', ago.format(amount, unit));
  time.dateTime = new Date(at).toISOString();
  time.title = `${clock.format(at)} UTC`;
  return time;
}

function showTotals({ rows, coverage }) {
  const note = document.querySelector('#totals-note');
  note.textContent = coverage.complete
    ? ''
    : 'Some of this time is not held yet: these are not all the bets.';
  note.className = 'fair';
  replaceRows('#totals', rows, ({ currency, betCount, playerCount, stake, payout, grossGamingRevenue }) => [
    element('th', currency ?? '–'),
    cell(whole.format(betCount), 'number'),
    cell(whole.format(playerCount), 'number'),
    cell(amount(stake), 'number'),
    cell(amount(payout), 'number'),
    cell(amount(grossGamingRevenue), 'number'),
  ]);
}

/** An amount digit for digit as it came, its thousands set apart: it never becomes a number here. */
function amount(decimal) {
  const [units, fraction] = decimal.split('.');
  const grouped = units.replace(/\B(?=(\d{3})+$)/g, ',').replace('-', '\u2212');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function replaceRows(body, items, toCells) {
  const rows = items.map((item) => {
    const row = document.createElement('tr');
    row.append(...toCells(item));
    row.firstElementChild.scope = 'row';
    return row;
  });
  document.querySelector(body).replaceChildren(...rows);
}

function feedHeading(account, kind) {
  const heading = element('th', account);
  heading.append(' ', element('span', kinds[kind] ?? kind, 'unit'));
  return heading;
}

function cell(content, look) {
  return element('td', content, look);
}

function element(name, content, look = '') {
  const made = document.createElement(name);
  if (look !== '') made.className = look;
  made.append(content);
  return made;
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
  const bars = [
    ...held.map((part) => ['held', part]),
    ...gaps.map((part) => [gapLooks[part.reason] ?? 'failed', part]),
  ];
  for (const [look, part] of bars) {
    const x = at(part.from);
    svg.append(svgElement('rect', { class: look, x, y: 0, width: Math.max(0, at(part.to) - x), height: 10 }));
  }
  svg.setAttribute('aria-label', `${name}: ${held.length} held parts, ${gaps.length} gaps`);
  return svg;
}

function svgElement(name, attributes) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

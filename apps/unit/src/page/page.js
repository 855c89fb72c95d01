// Asks the unit once a second and writes what changed. Times are Norwegian, whatever the tablet's
// clock says.
const CLOCK = new Intl.DateTimeFormat('nb-NO', {
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'Europe/Oslo',
});
const EVERY_MS = 1_000;
/** So many answers that stayed away are no chance. */
const MISSED_MOST = 3;
const SHAPES = { sent: '✓', ready: '○', weak: '▲', waiting: '■' };

let missed = 0;

function time(ms) {
  return CLOCK.format(ms);
}

/** What stands after the name: "EKG sendt 14:02", "Video OK", "Journal venter". */
function wordOf({ state, isSteady, sentMs }) {
  if (state === 'waiting') return isSteady ? 'borte' : 'venter';
  if (state === 'weak') return isSteady ? 'hakker' : 'ustabil, sendes igjen';
  if (state === 'sent') return isSteady ? 'OK' : `sendt ${time(sentMs)}`;
  return sentMs === null ? 'klar' : `klar, sist ${time(sentMs)}`;
}

function lineOf({ up, sinceMs, services }) {
  if (!up) return `Uten dekning siden ${time(sinceMs)}. Det som kan vente, sendes etterpå.`;
  return services.some(({ state }) => state === 'weak') ? 'Ustabilt samband' : 'Samband i orden';
}

/** Writes only what is new, so that a screen reader does not say the same each second. */
function write(element, text, name = element.className) {
  if (element.textContent !== text) element.textContent = text;
  if (element.className !== name) element.className = name;
}

function row(list, i) {
  const known = list.children[i];
  if (known) return known;
  const item = document.createElement('li');
  for (const name of ['shape', 'name', 'word']) {
    const part = document.createElement('span');
    part.className = name;
    if (name === 'shape') part.setAttribute('aria-hidden', 'true');
    item.append(part);
  }
  list.append(item);
  return item;
}

function show(view) {
  write(document.getElementById('unit'), view.unit);
  write(document.getElementById('clock'), time(view.nowMs));
  write(document.getElementById('line'), lineOf(view), view.up ? 'up' : 'down');
  const list = document.getElementById('services');
  for (const [i, service] of view.services.entries()) {
    const item = row(list, i);
    if (item.className !== service.state) item.className = service.state;
    const [shape, name, word] = item.children;
    write(shape, SHAPES[service.state]);
    write(name, service.name);
    write(word, wordOf(service));
  }
  while (list.children.length > view.services.length) list.lastChild.remove();
}

async function ask() {
  try {
    const answer = await fetch('/state.json', { signal: AbortSignal.timeout(3 * EVERY_MS) });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    show(await answer.json());
    missed = 0;
  } catch {
    missed++;
  }
  if (missed >= MISSED_MOST) {
    const line = 'Ingen kontakt med enheten i bilen. Det som står under er gammelt.';
    write(document.getElementById('line'), line, 'down');
  }
  setTimeout(ask, EVERY_MS);
}

/** Night by the tablet's own setting, until somebody chooses. */
function light() {
  const button = document.getElementById('light');
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const chosen = () => localStorage.getItem('light') ?? (dark.matches ? 'night' : 'day');
  const apply = () => {
    const now = chosen();
    document.documentElement.dataset.light = now;
    button.textContent = now === 'night' ? 'Dagvisning' : 'Nattvisning';
  };
  button.addEventListener('click', () => {
    localStorage.setItem('light', chosen() === 'night' ? 'day' : 'night');
    apply();
  });
  dark.addEventListener('change', apply);
  apply();
}

light();
void ask();

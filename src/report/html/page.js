'use strict';
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const make = (tag, text, attributes = {}) => {
    const e = document.createElement(tag);
    if (text !== undefined && text !== null) e.textContent = text;
    for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
    return e;
  };

  // Theme: what the system says until a reader chooses.
  const theme = document.getElementById('theme');
  const dark = () => (document.documentElement.dataset.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
  const name = () => { theme.textContent = dark() ? 'Light theme' : 'Dark theme'; };
  theme.hidden = false;
  theme.addEventListener('click', () => { document.documentElement.dataset.theme = dark() ? 'light' : 'dark'; name(); });
  name();

  // Sorting: each heading becomes a button; withheld shares stay last in both directions.
  const key = (cell) => (cell.dataset.v !== undefined ? (cell.dataset.v === '' ? null : Number(cell.dataset.v)) : cell.textContent.trim().toLowerCase());
  for (const table of all('table.articles')) {
    all('thead th', table).forEach((th, column) => {
      if (th.dataset.no !== undefined) return;
      const button = make('button', th.textContent, { type: 'button' });
      th.replaceChildren(button);
      th.setAttribute('aria-sort', 'none');
      button.addEventListener('click', () => {
        const first = th.dataset.sort === 'n' ? 'descending' : 'ascending';
        const now = th.getAttribute('aria-sort');
        const next = now === 'none' ? first : now === 'ascending' ? 'descending' : 'ascending';
        all('thead th[aria-sort]', table).forEach((other) => other.setAttribute('aria-sort', 'none'));
        th.setAttribute('aria-sort', next);
        const sign = next === 'ascending' ? 1 : -1;
        const rows = all('tbody tr', table).map((row) => [key(row.children[column]), row]);
        rows.sort(([a], [b]) => {
          if (a === null || b === null) return (a === null) - (b === null);
          return sign * (typeof a === 'number' ? a - b : a.localeCompare(b));
        });
        table.tBodies[0].append(...rows.map(([, row]) => row));
      });
    });
  }

  // Filter: rows of all tables, and the list of articles below.
  const filter = document.getElementById('filter');
  if (filter) {
    filter.hidden = false;
    const shown = document.getElementById('shown');
    const articles = new Map(all('details.article').map((d) => [d.id, d]));
    const haystack = new Map([...articles].map(([id, d]) => [id, (d.querySelector('summary').textContent + ' ' + d.querySelector('dl').textContent).toLowerCase()]));
    const apply = () => {
      const text = filter.elements.text.value.trim().toLowerCase();
      const verdict = filter.elements.verdict.value;
      const least = Number(filter.elements.n.value) || 0;
      const kept = new Set();
      for (const row of all('table.articles tbody tr')) {
        const id = row.querySelector('a').hash.slice(1);
        const keep = (haystack.get(id) || '').includes(text) && (!verdict || row.dataset.v === verdict) && Number(row.querySelector('.n').dataset.v) >= least;
        row.hidden = !keep;
        if (keep) kept.add(id);
      }
      const idle = !text && !verdict && !least;
      let n = 0;
      for (const [id, d] of articles) {
        d.hidden = !(idle || kept.has(id));
        n += !d.hidden;
      }
      shown.textContent = `${n} of ${articles.size} shown`;
    };
    filter.addEventListener('input', apply);
    filter.addEventListener('submit', (event) => event.preventDefault());
    apply();
  }

  // A link to an article opens it.
  const open = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target && target.tagName === 'DETAILS') {
      target.open = true;
      target.scrollIntoView();
    }
  };
  addEventListener('hashchange', open);
  open();

  // Comments are kept compressed and unpacked when first asked for.
  let unpacked;
  const comments = () => {
    unpacked ||= (async () => {
      const text = atob(document.getElementById('comments').textContent);
      const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
      return new Response(stream).json();
    })();
    return unpacked;
  };
  const list = ({ heads, words, groups }, index) => {
    const g = groups[index];
    const columns = [['No.', (i) => make('th', g.no[i], { scope: 'row' })]];
    const text = (name, of) => columns.push([name, (i) => make('td', of(i), { dir: 'auto' })]);
    if (g.article) text('Article', (i) => g.article[i]);
    if (g.time) text('Time', (i) => (g.time[i] || '').replace('T', ' '));
    text('Language', (i) => (g.lang[i] === 'und' ? '' : g.lang[i]));
    heads.forEach(({ head, classes }, h) => columns.push([head, (i) => {
      const p = g.percents[h]?.[i] ?? [];
      if (p.length === 0) return make('td', 'not read');
      const cell = make('td', classes[g.named[h][i]]);
      const full = [...p, 100 - p.reduce((a, b) => a + b, 0)];
      cell.append(make('small', classes.map((c, k) => `${c} ${Math.max(0, full[k])} %`).join(', ')));
      return cell;
    }]));
    if (g.words.some((w) => w.length > 0)) columns.push(['Words that decided', (i) => {
      const cell = make('td');
      const chips = make('div', null, { class: 'chips', dir: 'auto' });
      g.words[i].forEach((w, j) => {
        const score = g.scores[i][j] / 10;
        chips.append(make('span', `${words[w]} ${score < 0 ? '−' : '+'}${Math.abs(score).toFixed(1)}`));
      });
      cell.append(chips);
      return cell;
    }]);
    if (g.text) text('Text', (i) => g.text[i]);
    const table = make('table');
    table.append(make('caption', 'Comments with the class named and its posterior', { class: 'sr' }));
    const head = table.createTHead().insertRow();
    columns.forEach(([name]) => head.append(make('th', name, { scope: 'col' })));
    const body = table.createTBody();
    g.no.forEach((_, i) => body.insertRow().append(...columns.map(([, cell]) => cell(i))));
    const box = make('div', null, { class: 'wide' });
    box.append(table);
    return box;
  };
  for (const details of all('details.rows')) {
    details.addEventListener('toggle', async () => {
      if (!details.open || details.dataset.done) return;
      details.dataset.done = 'yes';
      try {
        details.append(list(await comments(), Number(details.dataset.group)));
        reach();
      } catch (error) {
        details.append(make('p', `This browser cannot unpack the comments (${error.message}); the JSON report holds them.`));
      }
    });
  }

  for (const button of all('button[data-copy]')) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      const label = button.firstChild.data;
      button.firstChild.data = 'Copied';
      setTimeout(() => { button.firstChild.data = label; }, 1500);
    });
  }

  // What scrolls sideways can be reached with the keyboard.
  // Boxes in closed articles are left alone: asking for their width would lay all of them out.
  const reach = () => all('.wide').forEach((box) => {
    if (box.closest('details:not([open])')) return;
    if (box.scrollWidth > box.clientWidth) {
      box.tabIndex = 0;
      // No landmark: a page of two hundred tables would have two hundred.
      box.setAttribute('role', 'group');
      box.setAttribute('aria-label', box.querySelector('caption')?.textContent || 'Table');
    } else box.removeAttribute('tabindex');
  });
  addEventListener('resize', reach);
  document.addEventListener('toggle', reach, true);
  reach();

  // Paper shows everything.
  let closed = [];
  addEventListener('beforeprint', () => {
    closed = all('details:not([open]):not(.rows)');
    closed.forEach((d) => { d.open = true; });
  });
  addEventListener('afterprint', () => closed.forEach((d) => { d.open = false; }));
})();

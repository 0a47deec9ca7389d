// Two groups side by side, by the numbers behind the tables of shares.
(() => {
  const form = document.getElementById('compare');
  if (!form) return;
  const SVG = 'http://www.w3.org/2000/svg';
  const make = (tag, text, attributes = {}, space) => {
    const e = space ? document.createElementNS(space, tag) : document.createElement(tag);
    if (text !== undefined && text !== null) e.textContent = text;
    for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
    return e;
  };

  // Per head: its groups, and its classes with their colours.
  const heads = new Map();
  for (const details of document.querySelectorAll('details.head')) {
    const link = details.querySelector('a[download$=".json"]');
    const bytes = Uint8Array.from(atob(link.href.split(',')[1]), (c) => c.charCodeAt(0));
    const { columns, data } = JSON.parse(new TextDecoder().decode(bytes));
    const at = (row, name) => row[columns.indexOf(name)];
    const classes = [...details.querySelectorAll('.legend li')].map((li) => ({ name: li.textContent, colour: li.querySelector('path').getAttribute('class') }));
    const groups = data.map((row) => ({
      key: String(at(row, 'group')),
      name: String(at(row, 'title') ?? at(row, 'group')),
      n: at(row, 'n'),
      shares: classes.map(({ name }) => ['counted', 'adjusted', 'lo', 'hi'].map((what) => at(row, `${name} ${what}`))),
    }));
    heads.set(details.querySelector('h3').textContent, { classes, groups });
  }

  const { a, b, head } = form.elements;
  head.append(...[...heads.keys()].map((name) => make('option', name)));
  const fill = () => {
    const { groups } = heads.get(head.value);
    for (const [select, first] of [[a, 0], [b, 1]]) {
      const old = select.value;
      select.replaceChildren(...groups.map((g) => make('option', `${g.name} (${g.n})`, { value: g.key })));
      select.value = groups.some((g) => g.key === old) ? old : groups[Math.min(first, groups.length - 1)].key;
    }
  };

  const signed = (v) => `${v < 0 ? '−' : '+'}${Math.abs(Math.round(100 * v))}`;
  const percent = (v) => `${Math.round(100 * v)} %`;
  const bars = (colour, pair) => {
    const svg = make('svg', null, { class: 'two', viewBox: '0 0 1000 40', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, SVG);
    const draw = (name, d) => svg.append(make('path', null, { class: name, d }, SVG));
    pair.forEach(([counted, adjusted, lo, hi], i) => {
      const y = 3 + 20 * i;
      const x = (v) => Math.round(1000 * v);
      if (adjusted === null) draw('no', `M2 ${y}H998V${y + 13}H2z`);
      else {
        draw(colour, `M0 ${y}H${x(adjusted)}v13H0z`);
        const whisker = `M${x(lo)} ${y + 4}v5M${x(lo)} ${y + 6.5}H${x(hi)}M${x(hi)} ${y + 4}v5`;
        draw('wh', whisker);
        draw('w', whisker);
      }
      draw(colour, `M0 ${y + 14}H${x(counted)}v3H0z`);
    });
    return svg;
  };
  const difference = (lo, d, hi) => {
    const svg = make('svg', null, { class: 'diff', viewBox: '0 0 1000 20', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, SVG);
    const at = (v) => Math.round(500 + 500 * Math.max(-1, Math.min(1, v)));
    for (const [name, path] of [['ax', 'M500 0V20'], ['w', `M${at(lo)} 10H${at(hi)}`], ['dot', `M${at(d)} 10h0`]]) svg.append(make('path', null, { class: name, d: path }, SVG));
    return svg;
  };
  const cell = ([counted, adjusted, lo, hi]) => {
    const td = make('td', adjusted === null ? 'withheld' : `${percent(adjusted)} (${Math.round(100 * lo)}–${Math.round(100 * hi)})`);
    td.append(make('small', `counted ${percent(counted)}`));
    return td;
  };

  const show = () => {
    const { classes, groups } = heads.get(head.value);
    const [first, second] = [a.value, b.value].map((key) => groups.find((g) => g.key === key));
    const table = make('table', null, { class: 'compare' });
    table.append(make('caption', `${head.value}: ${first.name}, and ${second.name}`, { dir: 'auto' }));
    const top = table.createTHead().insertRow();
    for (const name of ['Class', 'Shares: first above, second below', 'First', 'Second', '−100 to +100 points', 'First less second']) top.append(make('th', name, { scope: 'col' }));
    const body = table.createTBody();
    const said = [];
    classes.forEach(({ name, colour }, i) => {
      const row = body.insertRow();
      const pair = [first.shares[i], second.shares[i]];
      const chart = make('td', null, { class: 'c' });
      chart.append(bars(colour, pair));
      row.append(make('th', name, { scope: 'row' }), chart, ...pair.map(cell));
      const [[, p, lp, up], [, q, lq, uq]] = pair;
      if (p === null || q === null) {
        row.append(make('td'), make('td', 'withheld'));
        return;
      }
      // Of two independent estimates, from their intervals (Newcombe's square-and-add).
      const d = p - q;
      const lo = d - Math.hypot(p - lp, uq - q);
      const hi = d + Math.hypot(up - p, q - lq);
      const text = `${signed(d)} (${signed(lo)} to ${signed(hi)})`;
      const line = make('td', null, { class: 'c' });
      line.append(difference(lo, d, hi));
      row.append(line, make('td', text));
      said.push(`${name} ${text} points`);
    });
    document.getElementById('compared').replaceChildren(table);
    document.getElementById('compare-said').textContent = said.length > 0 ? `${head.value}, ${first.name} less ${second.name}: ${said.join(', ')}.` : 'Shares of one of the two are withheld: only counts can be compared.';
  };
  form.hidden = false;
  fill();
  show();
  head.addEventListener('change', fill);
  form.addEventListener('change', show);
  form.addEventListener('submit', (event) => event.preventDefault());
})();

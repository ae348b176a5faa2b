// A line of formula with live numbers: [blue:w] has the colour of a series, x_i and x^2 (or x_(ij)) are lowered and
// raised, single letters are set as variables, {rate:.2g} is a number.

const TOKEN = new RegExp([
  String.raw`\{(?<name>\w+)(?::(?<spec>[^}]*))?\}`,
  String.raw`\[(?<color>\w+):(?<inside>(?:[^[\]{}]|\{[^}]*\})*)\]`,
  String.raw`(?<shift>[_^])(?:\((?<group>[^)]*)\)|(?<one>\S))`,
  String.raw`(?<![\p{L}\p{M}])(?<letter>\p{L}\p{M}*)(?![\p{L}\p{M}])`,
].join('|'), 'gu');

class Formula {
  constructor(template) {
    this.slots = [];
    this.el = make('p', { class: 'zm-formula' }, ...this.parse(template));
  }

  parse(text) {
    const nodes = [];
    let from = 0;
    for (const found of text.matchAll(TOKEN)) {
      const { name, spec, color, inside, shift, group, one, letter } = found.groups;
      nodes.push(text.slice(from, found.index));
      from = found.index + found[0].length;
      if (name) nodes.push(this.slot(name, spec));
      else if (color) nodes.push(this.tint(color, inside));
      else if (shift) nodes.push(make(shift === '_' ? 'sub' : 'sup', {}, ...this.parse(group ?? one)));
      else nodes.push(make('i', {}, letter));
    }
    return [...nodes, text.slice(from)].filter((node) => node !== '');
  }

  tint(color, inside) {
    return make('span', { class: 'zm-tint', style: `--tint: var(--zm-${color})` }, ...this.parse(inside));
  }

  slot(name, spec) {
    const el = make('span', { class: 'zm-slot' });
    this.slots.push({ el, name, spec, most: 0 });
    return el;
  }

  /** Lets go of the widths that were kept. */
  forget() { this.slots.forEach((slot) => { slot.most = 0; }); }

  /** Writes numbers and words; a number keeps the width of the longest so far, so that the line does not tremble. */
  show(frame) {
    for (const slot of this.slots) {
      const value = scalar(frame[slot.name]), words = write(value, slot.spec);
      if (slot.el.textContent !== words) slot.el.textContent = words;
      if (words.length > slot.most && typeof value !== 'string') {
        slot.most = words.length;
        slot.el.style.minWidth = `${words.length * 0.52}em`;
      }
    }
  }
}

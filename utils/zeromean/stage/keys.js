// Keys: a focused part keeps those that it uses; all others go on, to the page or to the slides. Only a notebook gets
// none of them, because there a letter is a command (`b` inserts a cell).

const PAGES = ['PageUp', 'PageDown'];
const MOVES = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', ...PAGES];
const USES = [
  ['input[type="range"], .zm-grip, .zm-table, .zm-scroll', MOVES],
  ['select', [...MOVES, ' ', 'Enter']],
  ['input[type="checkbox"]', [' ']],
  ['button', [' ', 'Enter']],
];

/** Where a stage stands: in a notebook, in slides, or on a page. */
const hostOf = (el) => [['.jp-Notebook, .jp-OutputArea', 'notebook'], ['.reveal', 'slides'], ['*', 'page']]
  .find(([place]) => el.closest(place))[1];

class Keys {
  constructor(stage) {
    Object.assign(this, { stage, tabbed: false });
    const key = (e) => { if (e.key === 'Tab') this.tabbed = true; }, pointer = () => { this.tabbed = false; };
    document.addEventListener('keydown', key, true);
    document.addEventListener('pointerdown', pointer, true);
    stage.ends.push(() => {
      document.removeEventListener('keydown', key, true);
      document.removeEventListener('pointerdown', pointer, true);
    });
    stage.el.addEventListener('keydown', (e) => this.sort(e));
  }

  /** A clicker sends PageUp and PageDown: in slides they turn the slide, unless the focus came by the keyboard. */
  turns(e) { return PAGES.includes(e.key) && !this.tabbed && hostOf(this.stage.el) === 'slides'; }

  sort(e) {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.matches('.zm-verdict')) return;
    const used = USES.find(([parts]) => e.target.matches(parts))?.[1].includes(e.key) && !this.turns(e);
    const sized = !used && this.stage.enlargeBy(e.key, e.target);
    if (used || sized || hostOf(this.stage.el) === 'notebook') e.stopPropagation();
    else if (hostOf(this.stage.el) === 'slides') this.give(e);
  }

  /** Hands a key to the slides, which do not listen while an input has the focus. */
  give(e) {
    if (['Tab', 'Shift'].includes(e.key)) return;
    if (this.turns(e)) e.preventDefault();
    if (e.target.matches('input')) e.target.blur();
  }
}

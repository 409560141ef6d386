// Positions: the project counts Unicode code points, the browser counts UTF-16 units.

/** Converts positions in one text. */
export class Offsets {
  constructor(text) {
    // The units at which characters of two units begin; most texts have none.
    this.pairs = [];
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit >= 0xd800 && unit <= 0xdbff) {
        this.pairs.push(at);
        at++;
      }
    }
  }

  toPoints(unit) {
    return unit - this.before((index) => this.pairs[index] < unit);
  }

  toUnits(point) {
    return point + this.before((index) => this.pairs[index] - index < point);
  }

  before(holds) {
    let low = 0;
    let high = this.pairs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(middle)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

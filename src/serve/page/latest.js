// One request in flight, and the newest wins. Until the one in flight has shown something it is left alone, so that
// a steady drag still shows estimates; after that a newer one ends it.

export class Latest {
  /** `work(input, signal, shown)` calls `shown()` when the first thing of its answer is on the screen. */
  constructor(work) {
    this.work = work;
    this.waiting = null;
    this.running = null;
  }

  request(input) {
    this.waiting = { input };
    if (!this.running) this.next();
    else if (this.running.shown) this.running.abort.abort();
  }

  /** Nothing more of what was asked for is wanted. */
  cancel() {
    this.waiting = null;
    if (this.running) this.running.abort.abort();
  }

  async next() {
    while (this.waiting) {
      const { input } = this.waiting;
      this.waiting = null;
      const run = { abort: new AbortController(), shown: false };
      this.running = run;
      const shown = () => {
        run.shown = true;
        if (this.waiting) run.abort.abort();
      };
      try {
        await this.work(input, run.abort.signal, shown);
      } catch (error) {
        if (error.name !== "AbortError") console.warn(error);
      }
      this.running = null;
    }
  }
}

// Steps that can be taken back. Changes of one gesture (a drag, a run of arrow keys) are one step.

export class Steps {
  constructor(first) {
    this.done = [{ value: first, gesture: null }];
    this.at = 0;
  }

  get current() { return this.done[this.at].value; }
  get canUndo() { return this.at > 0; }
  get canRedo() { return this.at + 1 < this.done.length; }

  push(value, gesture = null) {
    const last = this.done[this.at];
    this.done.length = this.at + 1;
    if (gesture && last.gesture === gesture) last.value = value;
    else {
      this.done.push({ value, gesture });
      this.at += 1;
    }
  }

  undo() {
    if (this.canUndo) this.at -= 1;
    this.seal();
    return this.current;
  }

  redo() {
    if (this.canRedo) this.at += 1;
    this.seal();
    return this.current;
  }

  seal() { this.done[this.at].gesture = null; }
}

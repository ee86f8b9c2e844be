/** How far a command is, on the terminal's last line; without a terminal, a line now and then. */

export interface ProgressBar {
  /** `share`: 0 to 1; `note`: what else is worth a word. */
  show(share: number, note: string): void;
  end(): void;
}

const width = 30;
const quietMs = 10_000;

export function progressBar(what: string, out: NodeJS.WriteStream = process.stderr): ProgressBar {
  const started = performance.now();
  let saidAt = started;
  let shown = false;
  return {
    show(share, note) {
      const now = performance.now();
      const left = share > 0.01 && share < 1 ? ((now - started) * (1 - share)) / share / 1000 : null;
      const words = [`${Math.floor(100 * share)} %`, note, left === null ? '' : `${Math.ceil(left)} s left`];
      const line = words.filter((word) => word !== '').join(', ');
      if (out.isTTY) {
        const full = Math.round(width * share);
        out.write(`\r${what} [${'#'.repeat(full)}${'-'.repeat(width - full)}] ${line}\u001b[K`);
        shown = true;
      } else if (now - saidAt > quietMs) {
        saidAt = now;
        out.write(`${what} ${line}\n`);
      }
    },
    end() {
      if (shown) out.write('\n');
    },
  };
}

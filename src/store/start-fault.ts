/** A start that cannot go on for a reason the operator can mend: `message` is the one sentence that says what to do. */
export class StartFault extends Error {
  override readonly name = 'StartFault';
}

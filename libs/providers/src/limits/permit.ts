/** The right to make one call of an account, in a moment from now. */
export class Permit {
  /** @param leaveBy ms of the monotonic clock; later the call must not leave, because nobody reckons with it any more */
  constructor(
    readonly id: string,
    private readonly leaveBy: number,
    private readonly tell: (id: string) => void,
  ) {}

  /** Whether the call may leave now. */
  isGood(): boolean {
    return performance.now() < this.leaveBy;
  }

  /** The call was answered, or has certainly come to nothing: what it took comes back a window later. */
  answered(): void {
    this.tell(this.id);
  }
}

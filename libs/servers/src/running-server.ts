/** A server that answers on the loopback interface, as `startPostgres` and `startRedis` return it. */
export interface RunningServer {
  /** Connection URL with the generated password in it. */
  readonly url: string;
  readonly pid: number;
  readonly port: number;
  /** Resolves when the process is gone, whoever ended it. */
  readonly exited: Promise<void>;
  /** Ends the server in order, and by force when that takes too long. Resolves when the process is gone. */
  readonly stop: () => Promise<void>;
}

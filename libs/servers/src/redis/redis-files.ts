/** An executable Redis server and the folder its shared libraries are in, when they are not the system's own. */
export interface RedisFiles {
  readonly file: string;
  readonly libraries?: string;
}

import type { Caller } from '../http/access/caller.js';
import type { Device } from '../http/device.decorator.js';

/** Who changes something, and from where: what the audit trail says of it. */
export interface Change {
  caller: Caller;
  device: Device;
}

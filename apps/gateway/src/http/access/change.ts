import type { Caller } from './caller.js';
import type { Device } from '../device.decorator.js';

/** Who changes something, and from where: what the audit trail says of it. */
export interface Change {
  caller: Caller;
  device: Device;
}

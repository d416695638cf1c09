import type { WebhookVerification } from '@app/definition';
import { headerOf, type Delivery } from '../delivery/delivery.js';

/** What the headers of a delivery claim. */
export interface ClaimedSignature {
  /** Without prefix. Several while the sender changes its secret: one has to be right. */
  signatures: string[];
  /** Unix seconds as text, when the time is signed too. */
  time?: string;
  /** What is signed in front of the body. */
  signedBefore: string;
}

/** A prefix that is a version, as Slack's `v0=`, is part of what is signed. */
const VERSION_PREFIX = /^(v\d+)=$/;

/**
 * Reads the signature header in the three ways in which senders write it: the signature alone, over the body (GitHub,
 * Shopify); the signature with the time in a header beside it (Slack); `t=<time>,v1=<signature>` in one header, which
 * the rules say by naming the same header for both (Stripe). Undefined when something is missing.
 */
export function claimedSignature(delivery: Delivery, verify: WebhookVerification): ClaimedSignature | undefined {
  const { header = '', prefix = '', timestamp_header } = verify;
  const value = headerOf(delivery, header);
  if (value === undefined) return undefined;
  if (timestamp_header === undefined) return { signatures: [value].flatMap(without(prefix)), signedBefore: '' };
  if (timestamp_header.toLowerCase() === header.toLowerCase()) return fromList(value, prefix);
  const time = headerOf(delivery, timestamp_header);
  if (time === undefined) return undefined;
  const version = VERSION_PREFIX.exec(prefix)?.[1];
  const signedBefore = version === undefined ? `${time}.` : `${version}:${time}:`;
  return { signatures: [value].flatMap(without(prefix)), time, signedBefore };
}

function fromList(value: string, prefix: string): ClaimedSignature | undefined {
  const parts = value.split(',').map((part) => part.trim());
  const [time] = parts.flatMap(without('t='));
  if (time === undefined) return undefined;
  return { signatures: parts.flatMap(without(prefix)), time, signedBefore: `${time}.` };
}

function without(prefix: string): (text: string) => string[] {
  return (text) => (text.startsWith(prefix) ? [text.slice(prefix.length)] : []);
}

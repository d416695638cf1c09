/** How long a claim lives without being renewed, in ms. After that others take the job away. */
export const LEASE_MS = 6_000;

/** How often it is renewed, and with that how late a cancellation is noticed when Redis is away, in ms. */
export const RENEW_EVERY_MS = 1_000;

/** After how long without a renewal this process ends its attempts by itself, in ms: before others take them away. */
export const ABORT_AFTER_MS = 4_000;

/** Whether control of a site was proved the last time it was checked. */
export const SiteStatus = { Pending: 'pending', Verified: 'verified', Failed: 'failed' } as const;
export type SiteStatus = (typeof SiteStatus)[keyof typeof SiteStatus];

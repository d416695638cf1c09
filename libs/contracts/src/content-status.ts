/** State of publication of content. */
export const ContentStatus = { Draft: 'draft', Published: 'published', Archived: 'archived' } as const;
export type ContentStatus = (typeof ContentStatus)[keyof typeof ContentStatus];

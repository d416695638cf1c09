export * from './access-tokens.js';
export * from './encryption.js';
export * from './key-ring.js';
export * from './password-hasher.js';
export * from './refresh-tokens.js';
export * from './signing-keys.js';
export * from './stored-secret.js';
export * from './tokens.js';

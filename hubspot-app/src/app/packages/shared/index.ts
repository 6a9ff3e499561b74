export * from './api.ts';
export * from './format.ts';
export * from './guards.ts';
export * from './i18n/index.ts';
export * from './money.ts';
export * from './types.ts';

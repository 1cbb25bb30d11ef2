/* The other pages' session.js, which keeps a browser signed in; it is served at /static and not part of the bundle. */

export function keepSignedIn(due?: number): Promise<boolean> | boolean;
export function signedOut(): void;

/** Electron's entry. */
export {}

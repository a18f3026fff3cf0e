/** The program cannot start; `message` is the one line for stderr that says why and what to do. Exit code 1. */
export class StartError extends Error {}

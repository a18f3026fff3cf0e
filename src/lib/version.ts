/**
 * The program's own version. It starts at 2 because the published Python SDK warns about executables whose
 * version is below 2.0.0 (spec/headless.md section 2.8).
 */
export const version: string = typeof VERSION === "string" ? VERSION : "2.2.0-dev"

/* What the other pages' own scripts give this one. */

interface Window {
  trunklineTheme?: { toggle(): void };
}

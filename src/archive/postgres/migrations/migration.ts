/** One step of the archive's layout: once released it is never changed, a later one mends it. */
export interface Migration {
  readonly id: number;
  readonly name: string;
  readonly sql: string;
}

/** Tables of the consent ledger as SQL answers them. Kept in step with migrations/. */

export interface BasisCountTable {
  shop_id: number;
  basis_id: number;
  status: string;
  n: number;
}

export interface LedgerTables {
  basis_count: BasisCountTable;
}

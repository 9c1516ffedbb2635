export { checkReceipt, type ReceiptCheck } from "./check-receipt.ts";
export { feedHash, type HashedContent, hashOpenFile } from "./hash-open-file.ts";
export { type EngineReceipt, type ReadReceipt, readReceipt, receiptPath } from "./receipt.ts";
export { writeReceipt, writeReceiptFile } from "./write-receipt.ts";

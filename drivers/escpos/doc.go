// Package escpos prints receipts on thermal printers that speak ESC/POS: it
// turns a receipt.Document into bytes, sends them over a link, and asks the
// printer itself whether they came out. It must not open devices, and never
// repeats a job whose outcome is unknown.
package escpos

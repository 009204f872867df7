// peers.cjs VERB [ARGUMENT…]: what the foreign programs do for the tests. Input comes from standard input, bytes go to standard output.
'use strict';
const fs = require('fs');
const { PNG } = require('pngjs');

const input = () => fs.readFileSync(0);
const output = (bytes) => fs.writeSync(1, bytes);
const picture = (name) => PNG.sync.read(fs.readFileSync(name));

const verbs = {
  // receiptline COMMAND COLUMNS: a document in its own language as printer commands ("escpos") or as the text it lays out ("text").
  receiptline(command, columns) {
    const receiptline = require('receiptline');
    const made = receiptline.transform(input().toString(), { command, cpl: Number(columns), encoding: 'gb18030', cutting: true });
    output(Buffer.from(made, command === 'text' ? 'utf8' : 'latin1'));
  },
  // encoder: a list of [method, argument…] as printer commands.
  encoder() {
    const Encoder = require('@point-of-sale/receipt-printer-encoder');
    const encoder = new Encoder({ language: 'esc-pos', columns: 48, feedBeforeCut: 0, imageMode: process.argv[3] || 'column' });
    for (const [method, ...words] of JSON.parse(input())) {
      if (method === 'image') {
        const { width, height, data } = picture(words[0]);
        encoder.image({ width, height, data: new Uint8ClampedArray(data) }, width, height, 'threshold');
      } else {
        encoder[method](...words);
      }
    }
    output(Buffer.from(encoder.encode()));
  },
  // jsqr PICTURE and zxing PICTURE: the text of the code on it.
  jsqr(name) {
    const { width, height, data } = picture(name);
    const found = require('jsqr')(new Uint8ClampedArray(data), width, height);
    if (!found) throw new Error('jsqr finds no code');
    output(found.data);
  },
  zxing(name) {
    const z = require('@zxing/library');
    const { width, height, data } = picture(name);
    const grey = new Uint8ClampedArray(width * height);
    for (let i = 0; i < grey.length; i++) grey[i] = data[4 * i];
    const bitmap = new z.BinaryBitmap(new z.HybridBinarizer(new z.RGBLuminanceSource(grey, width, height)));
    output(new z.QRCodeReader().decode(bitmap, new Map([[z.DecodeHintType.TRY_HARDER, true]])).getText());
  },
  // receiptio OPTIONS: prints standard input, or asks for the printer's state; says what became of it.
  receiptio(options) {
    require('receiptio').print(input().toString(), options).then(output);
  },
};
verbs[process.argv[2]](...process.argv.slice(3));

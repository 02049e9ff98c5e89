import { buffer } from 'node:stream/consumers';
import PDFDocument from 'pdfkit';

export interface Section {
  readonly heading: string;
  readonly paragraphs: readonly string[];
}

/** A plain A4 document with the notice on every page. The same content gives the same bytes. */
export async function pdfOf(title: string, notice: string, sections: readonly Section[]): Promise<Buffer> {
  const document = new PDFDocument({ size: 'A4', margin: 64, info: { Title: latin(title), CreationDate: new Date(0) } });
  const bytes = buffer(document);
  const stamp = () => {
    const { x, y } = document;
    document.font('Helvetica-Oblique').fontSize(8).fillColor('#8a8a8e');
    document.text(latin(notice), 64, 36, { width: 467, lineBreak: false });
    document.fillColor('#1d1d1f');
    document.x = x;
    document.y = y;
  };
  stamp();
  document.on('pageAdded', stamp);
  document.font('Helvetica-Bold').fontSize(20).text(latin(title)).moveDown();
  for (const { heading, paragraphs } of sections) {
    document.font('Helvetica-Bold').fontSize(13).text(latin(heading)).moveDown(0.3);
    for (const paragraph of paragraphs) document.font('Helvetica').fontSize(11).text(latin(paragraph), { lineGap: 2 }).moveDown(0.6);
    document.moveDown(0.4);
  }
  document.end();
  return bytes;
}

/** The fonts that every PDF reader has know the letters of Western Europe; a question mark stands for others. */
function latin(text: string): string {
  return text
    .replace(/[“”]/g, '"')
    .replace(/[‘’]/g, "'")
    .replace(/[–—]/g, '-')
    .replace(/…/g, '...')
    .replace(/[^\n\u0020-\u007e\u00a1-\u00ff]/gu, '?');
}

// What writes alone: the package's entry loads what reads as well, which takes nearly twice as long.
declare module 'exceljs/lib/stream/xlsx/workbook-writer.js' {
  import type exceljs from 'exceljs';

  const WorkbookWriter: typeof exceljs.stream.xlsx.WorkbookWriter;
  export default WorkbookWriter;
}

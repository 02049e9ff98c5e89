import { adapterContract } from '../testing/contract.ts';
import { terminalKit } from './kit.ts';

adapterContract(terminalKit);

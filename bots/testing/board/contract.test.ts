import { adapterContract } from '../contract.ts';
import { boardKit } from './kit.ts';

adapterContract(boardKit);

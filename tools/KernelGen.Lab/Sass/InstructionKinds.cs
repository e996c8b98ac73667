using System.Collections.Frozen;

namespace KernelGen.Lab.Sass;

/// <summary>Tells kinds of instructions by their mnemonics.</summary>
public static class InstructionKinds
{
    private static readonly FrozenDictionary<string, InstructionKind> _byMnemonic = Table(
        (InstructionKind.MatrixProduct, "HMMA HGMMA"),
        (InstructionKind.SpecialFunction, "MUFU"),
        (InstructionKind.FloatMultiplyAdd, "FFMA FFMA32I FFMA2"),
        (InstructionKind.FloatAdd, "FADD FADD32I FADD2"),
        (InstructionKind.FloatMultiply, "FMUL FMUL32I FMUL2"),
        (InstructionKind.FloatMaximum, "FMNMX FMNMX3"),
        (InstructionKind.PackHalves, "F2FP"),
        (InstructionKind.Conversion, "I2FP F2IP I2I"),
        (InstructionKind.SlowConversion, "F2F F2I I2F FRND"),
        (InstructionKind.HalfArithmetic, "HFMA2 HADD2 HMUL2 HMNMX2 HSETP2 HSET2"),
        (InstructionKind.Move, "MOV CS2R"),
        (InstructionKind.IntegerMultiplyAdd, "IMAD IMUL IDP"),
        (InstructionKind.Integer, "IADD IADD2 IADD3 LOP LOP3 SHF SHL SHR LEA PRMT IABS IMNMX SGXT BMSK BREV FLO POPC"),
        (InstructionKind.Integer, "VIADD VIMNMX VIMNMX3 VIADDMNMX"),
        (InstructionKind.Predicate, "ISETP FSETP PLOP3 FSET R2P P2R PSETP"),
        (InstructionKind.Select, "SEL FSEL"),
        (InstructionKind.ToUniform, "R2UR"),
        (InstructionKind.SharedMemory, "LDS STS LDSM STSM ATOMS"),
        (InstructionKind.LocalMemory, "LDL STL"),
        (InstructionKind.GlobalMemory, "LDG STG LD ST ATOM ATOMG RED REDG"),
        (InstructionKind.AsyncCopy, "LDGSTS"),
        (InstructionKind.TensorCopy, "UTMALDG UTMASTG UTMAREDG UTMAPF UTMACCTL UTMACMDFLUSH UBLKCP UBLKPF"),
        (InstructionKind.MemoryBarrier, "SYNCS"),
        (InstructionKind.Barrier, "BAR BARRIER UCGABAR_ARV UCGABAR_WAIT"),
        (InstructionKind.Convergence, "WARPSYNC BSSY BSYNC BREAK BMOV YIELD NANOSLEEP"),
        (InstructionKind.Fence, "DEPBAR LDGDEPBAR MEMBAR FENCE ERRBAR CGAERRBAR CCTL CCTLL ARRIVES ACQBULK"),
        (InstructionKind.Shuffle, "SHFL"),
        (InstructionKind.Vote, "VOTE VOTEU MATCH REDUX CREDUX ELECT"),
        (InstructionKind.Constant, "LDC LDCU ULDC S2R S2UR CSMTEST"),
        (InstructionKind.Branch, "BRA BRX BRXU JMP JMX RET EXIT BPT KILL"),
        (InstructionKind.Call, "CALL"),
        (InstructionKind.NoOperation, "NOP"));

    /// <summary>The kind of an instruction.</summary>
    public static InstructionKind Of(SassInstruction instruction)
    {
        string opcode = instruction.Opcode;
        if (opcode.StartsWith("IMAD.MOV", StringComparison.Ordinal))
            return InstructionKind.MoveByMultiplyAdd;

        if (opcode.StartsWith("WARPGROUP.", StringComparison.Ordinal))
            return instruction.Has(".DEPBAR") ? InstructionKind.ProductWait : InstructionKind.ProductFence;

        // HADD2.F32 adds nothing: it is how 16-bit numbers become fp32.
        if (opcode.StartsWith("HADD2.F32", StringComparison.Ordinal) || opcode.StartsWith("HADD2.BF16", StringComparison.Ordinal))
            return InstructionKind.Conversion;

        return _byMnemonic.TryGetValue(instruction.Mnemonic, out InstructionKind kind) ? kind
            : instruction.Mnemonic.StartsWith('U') ? InstructionKind.Uniform
            : InstructionKind.Other;
    }

    /// <summary>Floating-point arithmetic as softmax consists of: multiply-adds, additions, maxima and powers of two.</summary>
    public static bool IsFloatArithmetic(InstructionKind kind) => kind
        is InstructionKind.FloatMultiplyAdd
        or InstructionKind.FloatAdd
        or InstructionKind.FloatMultiply
        or InstructionKind.FloatMaximum
        or InstructionKind.SpecialFunction;

    private static FrozenDictionary<string, InstructionKind> Table(params (InstructionKind Kind, string Mnemonics)[] rows) =>
        rows.SelectMany(row => row.Mnemonics.Split(' ').Select(mnemonic => KeyValuePair.Create(mnemonic, row.Kind))).ToFrozenDictionary();
}

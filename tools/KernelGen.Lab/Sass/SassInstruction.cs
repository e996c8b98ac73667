namespace KernelGen.Lab.Sass;

/// <summary>One instruction of a GPU's machine code.</summary>
/// <param name="Address">Its place in the function, in bytes.</param>
/// <param name="Guard">The predicate that it is executed under, such as <c>@!P0</c>; empty without one.</param>
/// <param name="Opcode">The mnemonic with its modifiers, such as <c>LDGSTS.E.BYPASS.128</c>.</param>
/// <param name="Operands">The operands as the disassembler writes them; labels are replaced by addresses.</param>
public sealed record SassInstruction(int Address, string Guard, string Opcode, string Operands)
{
    /// <summary>The opcode without its modifiers.</summary>
    public string Mnemonic { get; } = Opcode.Split('.', 2)[0];

    /// <summary>The kind of the instruction, see <see cref="InstructionKind"/>.</summary>
    public InstructionKind Kind => InstructionKinds.Of(this);

    /// <summary>The targets of a branch: one address, several for a jump table, none for what is not a branch.</summary>
    public IReadOnlyList<int> Targets { get; init; } = [];

    /// <summary>A branch that may also fall through: it has a guard, or a predicate among its operands.</summary>
    public bool IsConditional =>
        Guard is not ("" or "@PT" or "@UPT")
        || Opcode.StartsWith("BRA.U", StringComparison.Ordinal)
        || Opcode.StartsWith("BRA.DIV", StringComparison.Ordinal)
        || Opcode.StartsWith("BRA.CONV", StringComparison.Ordinal)
        || Operands.TrimStart('!') is ['P', >= '0' and <= '9', ..] or ['U', 'P', >= '0' and <= '9', ..];

    /// <summary>Bytes that one lane moves, for instructions that move data.</summary>
    public int BytesOfLane
    {
        get
        {
            // Matrix loads move one 8x8 matrix of 16-bit elements for each register of four bytes.
            int matrices = Opcode.IndexOf("88.", StringComparison.Ordinal);
            return Has(".128") ? 16
                : Has(".64") ? 8
                : matrices > 0 && Has(".M") ? 4 * (Opcode[matrices + 3] - '0')
                : 4;
        }
    }

    /// <summary>The listing's line, for messages.</summary>
    public override string ToString() => $"{Address:x5} {(Guard.Length > 0 ? Guard + " " : "")}{Opcode} {Operands}".TrimEnd();

    /// <summary>Says whether the opcode has a modifier.</summary>
    /// <param name="modifier">The modifier with its dot.</param>
    public bool Has(string modifier)
    {
        int at = Opcode.IndexOf(modifier, StringComparison.Ordinal);
        return at > 0 && (modifier is ".M" || at + modifier.Length == Opcode.Length || Opcode[at + modifier.Length] == '.');
    }
}

"""Given names many people here have. Not whole, and no fact of medicine: one of them in an instruction points at somebody.

Names that are of a plant or a dye in products are left out.
"""

GIVEN_NAMES = frozenset(
    """aaron abdul abigail adam adrian agnes ahmed aisha aiden alan albert alexander alexandra alfie ali alice alison allan amanda amelia
    amina amir amy andrea andrew angela anil anita ann anna anne annette anthony antonio arthur asha ashley audrey ava barbara barry beatrice
    ben benjamin bernard beryl beth bethan betty bill bilal bob brenda brian bridget bruce bryn callum carl carol caroline carolyn catherine
    cerys charles charlie charlotte cheryl chloe chris christina christine christopher claire clare clive colin connor craig daisy
    daniel daniela danny darren daphne dave david dawn dean deborah debra denise dennis derek diana diane donald donna doreen doris dorothy
    douglas duncan dylan edith edward eileen elaine eleanor elizabeth ella ellen ellie elsie emily emma eric erin esther ethan ethel
    eva evan evelyn fatima felicity fiona florence frances francis frank fred frederick gareth gary gavin gemma geoffrey george gerald
    geraldine gillian gladys glen glenn glyn gordon grace graeme graham grant gwen hannah harold harriet harry hassan hayley heather
    helen henry hilary holly howard huw ian ibrahim imran irene iris isaac isabella isla jack jackie jacqueline jake james jamie jan
    jane janet janice jasmine jason javed jayne jean jeffrey jennifer jeremy jessica jill jim joan joanna joanne joe john jonathan jordan
    jose joseph joshua joy joyce judith julia julian julie june justin karen karl kate katherine kathleen kathryn katie kay keith kelly
    kenneth kerry kevin khalid kim kimberley kirsty krzysztof kyle laura lauren lawrence lee leah leanne leonard lesley leslie lewis liam
    lillian lily linda lisa lloyd logan lorna lorraine louis louise lucas lucy luke lydia lynda lynn lynne malcolm mandy marcus margaret
    maria marian marie marilyn marion marjorie mark martin martyn mary mason matthew maureen mavis max maxine may megan melanie melissa mia
    michael michelle mick mike miriam mohammad mohammed mohamed molly monica morag muhammad muriel myra nadia nancy naomi natalie natasha
    nathan neil nia nicholas nick nicola nicole nigel nina noah noel noor nora norma norman oliver olivia omar oscar owen pamela patricia
    patrick paul paula pauline peggy penelope peter philip phillip phoebe phyllis pierre piotr polly poppy priya rachel rahul raj rajesh ralph
    ravi ray raymond rebecca reginald rhian rhys richard rita robert robin roger roisin ronald rosalind rose rosie ross roy ruby
    russell ruth ryan sadie sally sam samantha samuel sana sandra sanjay sara sarah scott sean shane shannon sharon shaun sheila shirley
    sian sidney simon siobhan sophia sophie stacey stanley stella stephanie stephen steven stewart stuart sue sunita susan suzanne sylvia tania
    tanya tara teresa terence terry thelma theresa thomas tina toby tom tomasz tony tracey tracy trevor usha valerie vanessa vera veronica
    victoria vijay vincent vivian wayne wendy wilfred will william winifred yasmin yusuf yvonne zachary zahra zara zoe""".split()
)
